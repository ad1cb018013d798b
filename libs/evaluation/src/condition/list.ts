import type { ListValues } from '../definition.js';
import { arrayOf } from './json.js';
import { equality } from './operator/equality.js';
import type { Test } from './operator/test.js';

/** The comparison most lists are for: `in`, with the members as they are. */
export const PLAIN_FORM = 'in';

/**
 * A stored list. Its set is made once, when the list is compiled, however many flags refer to it; a leaf that compares in
 * another way (ignoring case, as versions …) has its own form, made when it is first asked for.
 */
export class CompiledList {
  private readonly forms = new Map<string, Test>();
  private readonly members: ReadonlySet<unknown>;
  private readonly onlyStrings: boolean;

  constructor(values: ListValues) {
    this.members = values instanceof Set ? values : new Set(arrayOf(values));
    this.forms.set(PLAIN_FORM, equality(this.members));
    this.onlyStrings = [...this.members].every((member) => typeof member === 'string');
  }

  /** The test in this form; as text, a list of strings is what it is. */
  test(form: string, asText: boolean, build: (values: readonly unknown[]) => Test): Test {
    const key = asText && this.onlyStrings ? PLAIN_FORM : form;
    let test = this.forms.get(key);
    if (test === undefined) {
      test = build([...this.members]);
      this.forms.set(key, test);
    }
    return test;
  }
}
