/** Internet addresses, networks and ports. */
import { checked, type Parsed, parsed, problem } from "./parsed.ts";

/** An address; `text` is canonical, so equal addresses have equal texts. */
export interface Ip {
  readonly family: 4 | 6;
  /** 16-bit groups, most significant first: two (v4) or eight (v6). */
  readonly groups: readonly number[];
  readonly text: string;
}

/** A network; the bits of `groups` beyond `prefix` are zero. */
export interface Cidr {
  readonly family: 4 | 6;
  readonly groups: readonly number[];
  readonly prefix: number;
  readonly text: string;
}

/**
 * Reads an IPv4 address in four decimal parts without leading zeros, or an IPv6 address (RFC 4291) without a zone. An
 * IPv4-mapped IPv6 address (`::ffff:10.0.0.1`) is the IPv4 address that it stands for, so that it cannot slip past a
 * rule about the latter. Printed by RFC 5952.
 */
export function parseIp(text: string): Parsed<Ip> {
  const groups = text.includes(":") ? groupsOfV6(text) : groupsOfV4(text);
  if (groups === undefined) return problem(`\`${text}\` is not an IP address`, plainV4(text));
  return parsed(ipOf(isMapped(groups) ? groups.slice(6) : groups));
}

/**
 * Reads `10.0.0.0/8`, `fd00::/8`; the bits beyond the prefix must be zero. A network of IPv4-mapped addresses
 * (`::ffff:10.0.0.0/104`) is the IPv4 network that it stands for.
 */
export function parseCidr(text: string): Parsed<Cidr> {
  return checked(readCidr(text), readCidr);
}

function readCidr(text: string): Parsed<Cidr> {
  const slash = text.indexOf("/");
  if (slash < 0) {
    const ip = parseIp(text);
    if (!ip.ok) return problem(`\`${text}\` is not a network in CIDR notation`);
    return problem(`\`${text}\` is an address, not a network`, `${ip.value.text}/${ip.value.family === 4 ? 32 : 128}`);
  }
  const address = text.slice(0, slash);
  const groups = address.includes(":") ? groupsOfV6(address) : groupsOfV4(address);
  if (groups === undefined) return problem(`\`${address}\` is not an IP address`);
  const bits = groups.length * 16;
  const prefixText = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(prefixText)) return problem(`\`${prefixText}\` is not a prefix length`, netmask(address, prefixText));
  const prefix = Number(prefixText);
  if (prefix > bits) return problem(`an IPv${bits === 32 ? 4 : 6} prefix has at most ${bits} bits, not ${prefix}`);
  const network = groups.map((group, i) => group & maskOf(prefix, i));
  const clean = isMapped(groups) && prefix >= 96 ? cidrOf(network.slice(6), prefix - 96) : cidrOf(network, prefix);
  if (network.some((group, i) => group !== groups[i])) return problem(`\`${text}\` has bits set beyond its prefix`, clean.text);
  return parsed(clean);
}

/** Reads a port number, 0 to 65535. */
export function parsePort(text: string): Parsed<number> {
  if (!/^\d{1,5}$/.test(text)) return problem(`\`${text}\` is not a port`);
  const port = Number(text);
  return port > 65_535 ? problem(`\`${text}\` is not a port: ports end at 65535`) : parsed(port);
}

export function equalIp(a: Ip, b: Ip): boolean {
  return a.text === b.text;
}

export function equalCidr(a: Cidr, b: Cidr): boolean {
  return a.text === b.text;
}

/** Whether the address is one of the network's. An address of the other family never is. */
export function ipInCidr(ip: Ip, cidr: Cidr): boolean {
  return ip.family === cidr.family && agree(ip.groups, cidr.groups, cidr.prefix);
}

/** Whether every address of `inner` is one of `outer`. */
export function cidrInCidr(inner: Cidr, outer: Cidr): boolean {
  return inner.family === outer.family && inner.prefix >= outer.prefix && agree(inner.groups, outer.groups, outer.prefix);
}

export function showIp(ip: Ip): string {
  return ip.text;
}

export function showCidr(cidr: Cidr): string {
  return cidr.text;
}

export function showPort(port: number): string {
  return port.toString();
}

function agree(a: readonly number[], b: readonly number[], prefix: number): boolean {
  for (let i = 0; i * 16 < prefix; i++) {
    if ((((a[i] ?? 0) ^ (b[i] ?? 0)) & maskOf(prefix, i)) !== 0) return false;
  }
  return true;
}

/** The bits of the i-th group that a prefix covers. */
function maskOf(prefix: number, i: number): number {
  const covered = Math.min(16, Math.max(0, prefix - i * 16));
  return (0xffff << (16 - covered)) & 0xffff;
}

function ipOf(groups: readonly number[]): Ip {
  return { family: groups.length === 2 ? 4 : 6, groups, text: showGroups(groups) };
}

function cidrOf(groups: readonly number[], prefix: number): Cidr {
  return { family: groups.length === 2 ? 4 : 6, groups, prefix, text: `${showGroups(groups)}/${prefix}` };
}

const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Leading zeros are refused: some readers take them for octal. */
function groupsOfV4(text: string): readonly number[] | undefined {
  const match = octets.exec(text);
  if (match === null) return undefined;
  const parts = match.slice(1);
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith("0")))) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
  return [a * 256 + b, c * 256 + d];
}

function groupsOfV6(text: string): readonly number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head = "", tail] = halves;
  const left = groupsOfHalf(head, tail === undefined);
  const right = tail === undefined ? [] : groupsOfHalf(tail, true);
  if (left === undefined || right === undefined) return undefined;
  const given = left.length + right.length;
  if (tail === undefined) return given === 8 ? left : undefined;
  return given > 7 ? undefined : [...left, ...new Array<number>(8 - given).fill(0), ...right];
}

/** The groups on one side of `::`. Only the last group of the address may be written as IPv4. */
function groupsOfHalf(text: string, last: boolean): readonly number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const embedded = last && i === parts.length - 1 ? groupsOfV4(part) : undefined;
    if (embedded === undefined) return undefined;
    groups.push(...embedded);
  }
  return groups;
}

function isMapped(groups: readonly number[]): boolean {
  return groups.length === 8 && groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

/** RFC 5952: lower case, no leading zeros, `::` for the first longest run of two or more zero groups. */
function showGroups(groups: readonly number[]): string {
  if (groups.length === 2) return groups.map((group) => `${group >> 8}.${group & 255}`).join(".");
  let [start, length] = [0, 0];
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
    if (end > i) i = end;
  }
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

/** The address that leading zeros most likely meant. */
function plainV4(text: string): string | undefined {
  const match = octets.exec(text);
  if (match === null) return undefined;
  const plain = match.slice(1).map(Number).join(".");
  return groupsOfV4(plain) === undefined ? undefined : plain;
}

/** `10.0.0.0/255.0.0.0` is `10.0.0.0/8`. */
function netmask(address: string, mask: string): string | undefined {
  const groups = groupsOfV4(mask);
  if (groups === undefined || address.includes(":")) return undefined;
  const bits = groups.map((group) => group.toString(2).padStart(16, "0")).join("");
  return /^1*0*$/.test(bits) ? `${address}/${bits.replace(/0/g, "").length}` : undefined;
}
