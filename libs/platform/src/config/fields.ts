import { isIP } from 'node:net';
import { PASSWORD_LENGTH } from '@assay/contracts';
import { z } from 'zod';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const SECRET_BYTES = 32;
const NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];

/** A whole number of an environment variable. */
export const integerField = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

/** Where a process listens; 0 lets the system choose. */
export const portField = integerField(0, 65_535);

export const postgresUrlField = z
  .string()
  .refine(
    (text) => hasProtocol(text, 'postgres:', 'postgresql:'),
    'must look like postgresql://user:password@host:5432/database',
  );

/** Addresses of one service, several separated by commas; without the slash at their end. */
export const serviceUrlsField = z
  .string()
  .transform(listOf)
  .refine(
    (urls) => urls.length > 0 && urls.every((url) => hasProtocol(url, 'http:', 'https:')),
    'must look like http://host:8080 (several with commas between them)',
  )
  .transform((urls) => urls.map((url) => new URL(url).origin));

/** Origins of web pages, several separated by commas; `*` is every one, `none` is none. */
export const originsField = z
  .string()
  .transform((text): '*' | string[] => (text.trim() === '*' ? '*' : text.trim() === 'none' ? [] : listOf(text)))
  .refine(
    (origins) => origins === '*' || origins.every((origin) => isOrigin(origin)),
    'must be *, none, or look like https://shop.example (several with commas between them)',
  );

/** Proxies in front of a process, whose `X-Forwarded-*` are believed, as Fastify takes them: several separated by commas. */
export const proxiesField = z
  .string()
  .transform(listOf)
  .refine(
    (proxies) => proxies.every((proxy) => NETWORKS.includes(proxy) || isNetwork(proxy)),
    `must be addresses, networks such as 10.0.0.0/8, or ${NETWORKS.join(', ')} (several with commas between them)`,
  )
  .transform((proxies) => (proxies.length === 0 ? undefined : proxies.join(', ')));

/** A password for a user that is made from it. Who runs the process may choose a short one, and is told. */
export const passwordField = z.string().max(PASSWORD_LENGTH.max, `must have at most ${PASSWORD_LENGTH.max} characters`);

/** Kafka's bootstrap addresses. */
export const brokersField = z
  .string()
  .transform(listOf)
  .refine(
    (brokers) =>
      brokers.length > 0 && brokers.every((broker) => /^[^\s:/]+:\d{1,5}$|^\[[\da-f:]+\]:\d{1,5}$/i.test(broker)),
    'must look like host:9092 (several with commas between them)',
  );

/** A key of HS256: at least as long as its hash. */
export const secretField = z
  .string()
  .refine((text) => Buffer.byteLength(text) >= SECRET_BYTES, `must have at least ${SECRET_BYTES} bytes`);

export const logLevelField = z.enum(LEVELS, `must be one of ${LEVELS.join(', ')}`);

export type LogLevel = (typeof LEVELS)[number];

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** An address, alone or with the number of bits that its network has in common. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) === 0 || more.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= most);
}

/** As browsers send it: nothing behind the host and port. */
const isOrigin = (text: string): boolean => hasProtocol(text, 'http:', 'https:') && new URL(text).origin === text;

function hasProtocol(text: string, ...protocols: string[]): boolean {
  try {
    return protocols.includes(new URL(text).protocol);
  } catch {
    return false;
  }
}
