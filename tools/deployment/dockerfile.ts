/** A line of a Dockerfile: `COPY --from=build /out .` */
export interface Instruction {
  readonly name: string;
  /** `--from=build` and the like. */
  readonly flags: Readonly<Record<string, string>>;
  readonly rest: string;
}

/** What a `FROM … AS name` begins. */
export interface Stage {
  readonly name: string;
  /** Image or earlier stage. */
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  /** `ARG`s before the first stage, with their defaults. */
  readonly args: Readonly<Record<string, string>>;
  readonly stages: readonly Stage[];
}

/** Parses what our Dockerfile is made of; refuses what it does not know, so that nothing is overlooked. */
export function parseDockerfile(text: string): Dockerfile {
  const args: Record<string, string> = {};
  const stages: { name: string; from: string; instructions: Instruction[] }[] = [];
  const lines = text.replaceAll(/\\\n/g, ' ').split('\n');
  for (const line of lines.map((each) => each.trim()).filter((each) => each !== '' && !each.startsWith('#'))) {
    const instruction = parseInstruction(line);
    const stage = stages.at(-1);
    if (instruction.name === 'FROM') {
      const [, from, name] = /^(\S+) AS (\S+)$/.exec(instruction.rest) ?? [];
      if (from === undefined || name === undefined) throw new Error(`A stage without a name: ${line}`);
      stages.push({ name, from: substitute(from, args), instructions: [] });
    } else if (instruction.name === 'ARG' && stage === undefined) {
      const [name = '', value = ''] = instruction.rest.split('=');
      args[name] = value;
    } else if (stage === undefined) throw new Error(`Before the first stage: ${line}`);
    else stage.instructions.push(instruction);
  }
  return { args, stages };
}

/** The stage and those it is built upon, the lowest first. */
export function lineage({ stages }: Dockerfile, name: string): Stage[] {
  const stage = stages.find((each) => each.name === name);
  if (stage === undefined) return [];
  return [...lineage({ args: {}, stages }, stage.from), stage];
}

/** The value an instruction has in the end: the last of the lineage wins. */
export function lastOf(dockerfile: Dockerfile, target: string, name: string): string | undefined {
  return lineage(dockerfile, target)
    .flatMap(({ instructions }) => instructions)
    .findLast((instruction) => instruction.name === name)?.rest;
}

/** All variables that the image sets. */
export function environmentOf(dockerfile: Dockerfile, target: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, rest } of lineage(dockerfile, target).flatMap(({ instructions }) => instructions)) {
    if (name !== 'ENV') continue;
    for (const [, key = '', quoted, plain] of rest.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g))
      found[key] = quoted ?? plain ?? '';
  }
  return found;
}

const KNOWN = [
  'FROM',
  'ARG',
  'WORKDIR',
  'COPY',
  'RUN',
  'ENV',
  'USER',
  'ENTRYPOINT',
  'CMD',
  'EXPOSE',
  'VOLUME',
  'HEALTHCHECK',
];

function parseInstruction(line: string): Instruction {
  const [, name = '', tail = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
  if (!KNOWN.includes(name)) throw new Error(`Not understood: ${line}`);
  const flags: Record<string, string> = {};
  let rest = tail;
  for (let match = FLAG.exec(rest); match !== null; match = FLAG.exec(rest)) {
    const [whole, flag = '', value = ''] = match;
    flags[flag] = value;
    rest = rest.slice(whole.length);
  }
  return { name, flags, rest };
}

const FLAG = /^--([\w-]+)=(\S+)\s+/;

const substitute = (text: string, args: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\$\{(\w+)\}/g, (_whole, name: string) => args[name] ?? '');
