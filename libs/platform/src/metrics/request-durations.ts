const NAME = 'http_server_request_duration_seconds';
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Durations of one method, route and status. */
interface Series {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly labels: string;
  /** How many fell into each bucket and no lower one; the last is for those above all. */
  readonly counts: number[];
  sum: number;
}

/**
 * Rate, errors and duration of each route, as a Prometheus histogram of its own: it is written to with every request, and
 * the usual library checks and joins the labels each time, which costs more than an evaluation of a flag.
 */
export class RequestDurations {
  private readonly methods = new Map<string, Map<string, Map<number, Series>>>();
  private latest: Series | undefined;

  /** @param route the pattern of the route, never an address */
  record(method: string, route: string, status: number, seconds: number): void {
    const { latest } = this;
    // Many requests in a row are alike.
    const isAlike = latest?.status === status && latest.route === route && latest.method === method;
    const series = isAlike
      ? latest
      : (this.methods.get(method)?.get(route)?.get(status) ?? this.add(method, route, status));
    this.latest = series;
    let bucket = 0;
    while (bucket < SECONDS.length && seconds > (SECONDS[bucket] ?? 0)) bucket += 1;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += seconds;
  }

  /** All series in the text format of Prometheus. */
  exposition(): string {
    const lines = [`# HELP ${NAME} Duration of HTTP requests`, `# TYPE ${NAME} histogram`];
    for (const routes of this.methods.values()) {
      for (const statuses of routes.values()) for (const series of statuses.values()) lines.push(...linesOf(series));
    }
    return `${lines.join('\n')}\n`;
  }

  private add(method: string, route: string, status: number): Series {
    const routes = this.methods.get(method) ?? new Map<string, Map<number, Series>>();
    const statuses = routes.get(route) ?? new Map<number, Series>();
    const labels = `method="${escaped(method)}",route="${escaped(route)}",status="${status}"`;
    const series = { method, route, status, labels, counts: new Array<number>(SECONDS.length + 1).fill(0), sum: 0 };
    this.methods.set(method, routes.set(route, statuses.set(status, series)));
    return series;
  }
}

function linesOf({ labels, counts, sum }: Series): string[] {
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    return `${NAME}_bucket{le="${SECONDS[index] ?? '+Inf'}",${labels}} ${total}`;
  });
  return [...buckets, `${NAME}_sum{${labels}} ${sum}`, `${NAME}_count{${labels}} ${total}`];
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };
const escaped = (text: string): string => text.replace(/[\\"\n]/g, (character) => ESCAPES[character] ?? '');
