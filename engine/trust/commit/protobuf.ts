/**
 * The wire format of protocol buffers, as much of it as a log entry has: @sigstore/protobuf-specs reads JSON only, and
 * gitsign keeps its entry in bytes (`sigstore_rekor.proto`, `TransparencyLogEntry`).
 */

/** Values of a message by field number: integers, or bytes of strings and messages. Undefined where it is none. */
export type Fields = ReadonlyMap<number, readonly (bigint | Buffer)[]>;

export function readFields(bytes: Buffer): Fields | undefined {
  const fields = new Map<number, (bigint | Buffer)[]>();
  let at = 0;
  const varint = (): bigint | undefined => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) return undefined;
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === undefined || tag >> 3n > 10_000n) return undefined;
    const number = Number(tag >> 3n);
    const type = Number(tag & 7n);
    const values = fields.get(number) ?? [];
    fields.set(number, values);
    if (type === 0) {
      const value = varint();
      if (value === undefined) return undefined;
      values.push(value);
    } else if (type === 2) {
      const length = varint();
      if (length === undefined || length > BigInt(bytes.length - at)) return undefined;
      values.push(bytes.subarray(at, at + Number(length)));
      at += Number(length);
    } else return undefined;
  }
  return fields;
}

/** The last value of a field, as the format has it for fields that are not repeated. */
export function integer(fields: Fields | undefined, number: number): string {
  const value = fields?.get(number)?.at(-1);
  return typeof value === "bigint" ? value.toString() : "0";
}

export function bytesOf(fields: Fields | undefined, number: number): Buffer {
  const value = fields?.get(number)?.at(-1);
  return value instanceof Buffer ? value : Buffer.alloc(0);
}

export function allBytes(fields: Fields | undefined, number: number): readonly Buffer[] {
  return (fields?.get(number) ?? []).flatMap((value) => (value instanceof Buffer ? [value] : []));
}

export function message(fields: Fields | undefined, number: number): Fields | undefined {
  const value = fields?.get(number)?.at(-1);
  return value instanceof Buffer ? readFields(value) : undefined;
}
