import { Module } from '@nestjs/common';
import { OpenApiController } from './openapi/openapi.controller.js';

/** The public edge. Composed with the services in one process it adds what is only here: the interface's description. */
@Module({ controllers: [OpenApiController] })
export class GatewayModule {}
