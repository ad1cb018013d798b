/**
 * Settings of the embedded server: a small machine that mostly ingests. Whatever is acknowledged is on disk (fsync and
 * synchronous_commit stay on); the write-ahead log is
 * large, so that checkpoints are rare. (This build of PostgreSQL has neither lz4 nor zstd to compress it; pglz costs more
 * time than it saves.)
 */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  effective_cache_size: '1GB',
  max_wal_size: '3GB',
  min_wal_size: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  jit: 'off',
  random_page_cost: '1.1',
  autovacuum_naptime: '20s',
  autovacuum_vacuum_cost_delay: '1ms',
  password_encryption: 'scram-sha-256',
  logging_collector: 'off',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
  cluster_name: 'assay',
} as const;

/** Command line of `postgres` for a data directory and a port; given here, they win over the files in the directory. */
export function serverArguments(pgData: string, port: number): string[] {
  const settings = Object.entries({ ...SETTINGS, port: String(port) });
  return ['-D', pgData, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
