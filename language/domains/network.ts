import { type Parsed, problem } from "./parsed.ts";
/** An address; `text` is canonical, so equal addresses have equal texts. */
export interface Ip {
  readonly family: 4 | 6;
  /** 16-bit groups, most significant first: two (v4) or eight (v6). */
  readonly groups: readonly number[];
  readonly text: string;
}
export interface Cidr {
  readonly family: 4 | 6;
  readonly groups: readonly number[];
  readonly prefix: number;
  readonly text: string;
}
export function parseIp(text: string): Parsed<Ip> {
  return problem(text);
}
export function parseCidr(text: string): Parsed<Cidr> {
  return problem(text);
}
export function parsePort(text: string): Parsed<number> {
  return problem(text);
}
export function equalIp(a: Ip, b: Ip): boolean {
  return a.text === b.text;
}
export function equalCidr(a: Cidr, b: Cidr): boolean {
  return a.text === b.text;
}
export function ipInCidr(ip: Ip, cidr: Cidr): boolean {
  return ip.text === cidr.text;
}
export function cidrInCidr(inner: Cidr, outer: Cidr): boolean {
  return inner.text === outer.text;
}
export function showIp(ip: Ip): string {
  return ip.text;
}
export function showCidr(cidr: Cidr): string {
  return cidr.text;
}
