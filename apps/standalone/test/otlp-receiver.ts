import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A span as it came over OTLP, with what the tests look at. */
export interface ReceivedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: Pick<ReceivedSpan, 'attributes'>;
    readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[];
  }[];
}

/** Takes traces as a collector does, in OTLP over HTTP as JSON, and keeps them. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly bodies: ExportRequest[] = [];
  readonly paths = new Set<string>();
  private readonly server: Server = createServer((request, response) => {
    void (async () => {
      const body = (await json(request)) as ExportRequest;
      this.paths.add(request.url ?? '');
      this.bodies.push(body);
      this.spans.push(...body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    })();
  });

  /** Name of the process that sent a span. */
  serviceOf(span: ReceivedSpan): unknown {
    const sent = this.bodies
      .flatMap(({ resourceSpans }) => resourceSpans)
      .find(({ scopeSpans }) => scopeSpans.some(({ spans }) => spans.includes(span)));
    return sent?.resource.attributes.find(({ key }) => key === 'service.name')?.value['stringValue'];
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
