interface Bounds {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Whether a period has anything in it, `from` belonging to it and `to` not; an open one has. For `refine`. */
export const hasLength = ({ from, to }: Bounds): boolean =>
  from === undefined || to === undefined || Date.parse(from) < Date.parse(to);

/** The complaint about a period that has nothing in it. */
export const EMPTY_PERIOD = { path: ['to'], message: 'must be later than from' };
