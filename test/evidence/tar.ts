/** Tar archives (POSIX.1-1988 ustar), whole and wrong: no writer that is well kept makes wrong ones. */

export interface TarEntry {
  readonly name: string;
  readonly text?: string | Buffer;
  /** `0` a file, `1` a hard link, `2` a symbolic one, `5` a folder, `L` a long name of GNU tar, `x` and `g` extended headers. */
  readonly type?: string;
  readonly link?: string;
  /** What the header says, where that is not so. */
  readonly size?: number;
  readonly checksum?: number;
}

/** Each entry, without the two empty blocks that end an archive. */
export function tarEntries(...entries: readonly TarEntry[]): Buffer {
  return Buffer.concat(
    entries.flatMap(({ name, text = "", type = "0", link = "", size, checksum }) => {
      const content = Buffer.from(text);
      const header = Buffer.alloc(512);
      header.write(name, 0, 100);
      header.write("0000644\0", 100);
      header.write("0000000\0", 108);
      header.write("0000000\0", 116);
      header.write(`${(size ?? content.length).toString(8).padStart(11, "0")}\0`, 124);
      header.write("00000000000\0", 136);
      header.write("        ", 148);
      header.write(type, 156, 1);
      header.write(link, 157, 100);
      header.write("ustar\x0000", 257);
      const sum = header.reduce((all, byte) => all + byte, 0);
      header.write(`${(checksum ?? sum).toString(8).padStart(6, "0")}\0 `, 148);
      return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
    }),
  );
}

export function tar(...entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([tarEntries(...entries), Buffer.alloc(1024)]);
}
