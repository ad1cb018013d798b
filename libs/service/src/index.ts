export { DirectoryRefresh } from './directory-refresh.js';
export { kafkaFields, kafkaOf, kafkaProblems, type KafkaEnvironment } from './kafka-config.js';
export { httpFields, readServiceConfig, type Environment, type ServiceConfig } from './service-config.js';
export { startService, type Need, type ServiceDescription } from './start-service.js';
export { waitUntilThere, type Precondition } from './waiting-room.js';
