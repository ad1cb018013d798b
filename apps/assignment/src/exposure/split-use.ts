import { dependenciesOf, flagDependencies, type CompiledDefinitions, type Flag, type Split } from '@assay/evaluation';
import { inlineSplits } from './inline-splits.js';

/** The splits that evaluating a flag may come to: its own, and those of the flags and experiments that its rules look at. */
export interface SplitUse {
  /** Keys of experiments whose arms are stored: what is stored is asked for before the rules are. */
  readonly kept: readonly string[];
  /** The others, by the keys of their experiments: the hash alone decides, so nothing has to be stored before the answer. */
  readonly hashed: ReadonlyMap<string, Split>;
}

/** Whether anything but the document decides what a flag comes to. */
export const looksElsewhere = (flag: Flag): boolean => flagDependencies(flag).length > 0;

/** @param definitions where the flags, experiments and segments that it names are found */
export function splitUse(flag: Flag, definitions: CompiledDefinitions): SplitUse {
  const splits: Split[] = [];
  const seen = new Set<string>();
  const open = [{ kind: 'flag' as 'flag' | 'segment', key: flag.key }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { kind, key } = next;
    if (seen.has(`${kind} ${key}`)) continue;
    seen.add(`${kind} ${key}`);
    if (kind === 'segment') {
      open.push(...dependenciesOf(definitions.segmentDefinition(key)));
      continue;
    }
    const document = key === flag.key ? flag : definitions.flag(key);
    // One that is switched off serves none of its splits.
    if (document?.on !== true) continue;
    splits.push(...inlineSplits(document));
    open.push(...flagDependencies(document));
  }
  const kept = new Set(splits.filter(({ sticky }) => sticky !== undefined).map(keyOf));
  const hashed = splits.filter((split) => !kept.has(keyOf(split)));
  return { kept: [...kept], hashed: new Map(hashed.map((split) => [keyOf(split), split])) };
}

const keyOf = ({ key, salt }: Split): string => key ?? salt;
