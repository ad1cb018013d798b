import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { timestamp, type JsonObject } from '../base/columns.js';
import { Experiment } from './experiment.entity.js';
import { Layer } from './layer.entity.js';

const LayerAllocationSchema = defineEntity({
  name: 'LayerAllocation',
  tableName: 'layer_allocations',
  extends: BaseEntity,
  properties: {
    layer: () => p.manyToOne(Layer).ref().index('layer_allocations_layer_index').deleteRule('cascade'),
    experiment: () => p.manyToOne(Experiment).ref().index('layer_allocations_experiment_index').deleteRule('cascade'),
    share: p.float().columnType('double precision'),
    generation: p.integer(),
    condition: p.json<JsonObject>(),
    releasedAt: timestamp().strictNullable(),
  },
});

/** The part of a layer that an experiment has from its start to its end, as a condition on its units. */
export class LayerAllocation extends LayerAllocationSchema.class {}
LayerAllocationSchema.setClass(LayerAllocation);
