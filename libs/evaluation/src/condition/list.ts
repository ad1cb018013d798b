import type { ListValues } from '../definition.js';
import { MemberSet } from '../list/member-set.js';
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
  private readonly members: Iterable<unknown>;
  private readonly onlyStrings: boolean;

  constructor(values: ListValues) {
    if (values instanceof MemberSet) {
      this.members = values;
      this.forms.set(PLAIN_FORM, (value) => typeof value === 'string' && values.has(value));
      this.onlyStrings = true;
      return;
    }
    const members: ReadonlySet<unknown> = values instanceof Set ? values : new Set(arrayOf(values));
    this.members = members;
    this.forms.set(PLAIN_FORM, equality(members));
    this.onlyStrings = [...members].every((member) => typeof member === 'string');
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
