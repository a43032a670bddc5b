/** Lines of a stream of bytes. */

const lineFeed = 10;

/**
 * The lines that each piece of the stream completes, without their ends, as bytes: a request's digest is over what was
 * sent. They come together, so that answers can be written together and before more is waited for. The last line may
 * lack its end.
 */
export async function* linesOfStream(stream: AsyncIterable<Buffer | string>): AsyncGenerator<readonly Buffer[]> {
  let pending: Buffer[] = [];
  for await (const piece of stream) {
    const chunk = typeof piece === "string" ? Buffer.from(piece) : piece;
    const lines: Buffer[] = [];
    let start = 0;
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, start)) {
      const rest = chunk.subarray(start, at);
      lines.push(pending.length === 0 ? rest : Buffer.concat([...pending, rest]));
      pending = [];
      start = at + 1;
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (pending.length > 0) yield [Buffer.concat(pending)];
}
