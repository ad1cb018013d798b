import { mappedV4, parseIp, type IpAddress } from './ip-address.js';
import { stringsOf, type Test } from './test.js';

/** A block of addresses that agree with `address` in the first `prefix` bits. */
export interface CidrBlock {
  readonly address: IpAddress;
  readonly prefix: number;
}

const PREFIX = /^\d{1,3}$/;

/** `address/prefix`, or an address, which is a block of one; undefined when the text is neither. */
export function parseCidr(text: string): CidrBlock | undefined {
  const [addressText = '', prefixText, rest] = text.split('/');
  const address = parseIp(addressText);
  if (address === undefined || rest !== undefined) return undefined;
  const width = address.length * 32;
  if (prefixText === undefined) return { address, prefix: width };
  const prefix = Number(prefixText);
  return PREFIX.test(prefixText) && prefix <= width ? { address, prefix } : undefined;
}

function contains(block: CidrBlock, address: IpAddress): boolean {
  if (block.address.length !== address.length) return false;
  for (let index = 0, left = block.prefix; left > 0; index++, left -= 32) {
    const difference = (block.address[index] ?? 0) ^ (address[index] ?? 0);
    if (left >= 32 ? difference !== 0 : difference >>> (32 - left) !== 0) return false;
  }
  return true;
}

/** A v6 block inside the mapped v4 addresses is the v4 block, too. */
function asV4(block: CidrBlock): CidrBlock {
  const address = mappedV4(block.address);
  return address === undefined || block.prefix < 96 ? block : { address, prefix: block.prefix - 96 };
}

/** `inCidr`: the string is an address in any of the blocks. Entries that are no blocks are skipped. */
export function cidr(values: readonly unknown[]): Test {
  const blocks = stringsOf(values).flatMap((entry) => {
    const block = parseCidr(entry);
    return block === undefined ? [] : [asV4(block)];
  });
  return (value) => {
    const address = typeof value === 'string' ? parseIp(value) : undefined;
    if (address === undefined) return false;
    const v4 = mappedV4(address);
    return blocks.some((block) => contains(block, address) || (v4 !== undefined && contains(block, v4)));
  };
}
