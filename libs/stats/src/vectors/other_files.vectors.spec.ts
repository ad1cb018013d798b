import { listVectors } from '../testing/load-vectors.js';
import { ADAPTERS, EVERY_FUNCTION, OF_OTHER_LIBRARIES } from './adapters.js';
import { describeVectors } from './compare.js';

const others = listVectors().filter((name) => ADAPTERS[name] === undefined && !OF_OTHER_LIBRARIES.includes(name));

describe('vector files of other names', () => {
  it('are run by the function of each case', () => {
    process.stdout.write(`vectors of other names: ${others.length === 0 ? 'none' : others.join(', ')}\n`);
    expect(new Set(others).size).toBe(others.length);
  });
});

for (const name of others) describeVectors(name, EVERY_FUNCTION);
