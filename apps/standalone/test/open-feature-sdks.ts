import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature as ServerFeatures } from '@openfeature/server-sdk';
import { OpenFeature as WebFeatures, type Client, type Provider } from '@openfeature/web-sdk';
import { WebEvents } from './web-events.js';

export type RemoteClient = ReturnType<typeof ServerFeatures.getClient>;

/** The SDKs of OpenFeature with their OFREP providers. */
export class OpenFeatureSdks {
  constructor(private readonly keys: { readonly serverKey: string; readonly clientKey: string }) {}

  serverProvider(baseUrl: string, key = this.keys.serverKey): OFREPProvider {
    return new OFREPProvider({ baseUrl, headers: [['x-api-key', key]] });
  }

  webProvider(baseUrl: string): Provider {
    // Browsers have one, Node has not: without it, providers hear of no change.
    Object.assign(globalThis, { EventSource: WebEvents });
    const headers: [string, string][] = [['authorization', `Bearer ${this.keys.clientKey}`]];
    // Its types are stricter about what may be undefined than those of the SDK.
    return new OFREPWebProvider({ baseUrl, headers, cacheMode: 'disabled' }) as unknown as Provider;
  }

  /** A program, which asks at every evaluation. */
  serverClient(domain: string, baseUrl: string, key?: string): RemoteClient {
    ServerFeatures.setProvider(domain, this.serverProvider(baseUrl, key));
    return ServerFeatures.getClient(domain);
  }

  /** A browser of one user, which has the flags as they are now and hears of changes. */
  async webClient(domain: string, baseUrl: string, targetingKey: string): Promise<Client> {
    await WebFeatures.setContext(domain, { targetingKey });
    await WebFeatures.setProviderAndWait(domain, this.webProvider(baseUrl));
    return WebFeatures.getClient(domain);
  }

  /** Clients of all servers: what they are registered with is one for the process. */
  static async close(): Promise<void> {
    await Promise.all([WebFeatures.close(), ServerFeatures.close()]);
  }
}
