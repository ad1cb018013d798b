import type { RouteShape } from '@assay/contracts';
import type { HotHandler, HotRoute } from './hot-route.js';

/** Where an address leads. */
export interface Found {
  readonly hot: HotRoute;
  readonly param: string;
  readonly query: string;
}

/** What a parameter may be that means the same before and after decoding, and is not too long for the router. */
const PLAIN = /^[\w.~-]{1,200}$/;

const MOST_KNOWN = 2_000;
/** Characters of an address; longer ones hold what changes. */
const LONGEST_KNOWN = 120;

/** The hot routes by their addresses: fixed ones, and ones whose last part is a parameter. */
export class HotRoutes {
  private readonly fixed = new Map<string, HotRoute>();
  private readonly open = new Map<string, HotRoute>();
  /** Where addresses led that were asked for: clients ask for a few again and again. */
  private readonly known = new Map<string, Found>();

  add(route: RouteShape, handler: HotHandler): void {
    const parameter = route.path.indexOf(':');
    if (parameter < 0) this.fixed.set(route.path, { route, handler });
    else this.open.set(route.path.slice(0, parameter), { route, handler });
  }

  /** The route of a request; undefined for what is none of them, or is written in an unusual way. */
  find(method: string | undefined, url: string): Found | undefined {
    const known = this.known.get(url);
    if (known !== undefined) return known.hot.route.method === method ? known : undefined;
    const found = this.read(method, url);
    if (found === undefined || url.length > LONGEST_KNOWN) return found;
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(url, found);
    return found;
  }

  private read(method: string | undefined, url: string): Found | undefined {
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = mark < 0 ? '' : url.slice(mark + 1);
    const fixed = this.fixed.get(path);
    if (fixed !== undefined) return fixed.route.method === method ? { hot: fixed, param: '', query } : undefined;
    const slash = path.lastIndexOf('/') + 1;
    const open = this.open.get(path.slice(0, slash));
    const param = path.slice(slash);
    if (open === undefined || open.route.method !== method || !PLAIN.test(param)) return undefined;
    return { hot: open, param, query };
  }
}
