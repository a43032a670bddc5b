/** Streams and what is known of the terminal. Answers go to stdout, everything else to stderr. */

export interface Terminal {
  readonly colourOut: boolean;
  readonly colourErr: boolean;
  /** Columns of the terminal; 100 where there is none. */
  readonly width: number;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly progress: boolean;
  /** Nobody reads stdout any more. */
  readonly unread: () => boolean;
  /** Resolves when the text may be followed by more. */
  out(text: string): Promise<void>;
  err(text: string): Promise<void>;
}

export interface TerminalOptions {
  readonly color?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly progress?: string;
}

/**
 * Whoever reads an answer may stop reading (`| head`). That is no error and changes no exit code: a denial whose report
 * nobody read to its end is still a denial.
 */
function writer(stream: NodeJS.WriteStream, closed: () => void): (text: string) => Promise<void> {
  let open = true;
  let waiting: (() => void) | undefined;
  stream.on("error", (problem: NodeJS.ErrnoException) => {
    if (problem.code !== "EPIPE") throw problem;
    open = false;
    closed();
    waiting?.();
  });
  return (text) =>
    new Promise((resolve) => {
      if (!open || text === "" || stream.write(text)) resolve();
      else {
        waiting = resolve;
        stream.once("drain", resolve);
      }
    });
}

/** `auto` follows the stream and `NO_COLOR` (no-color.org); an explicit flag wins. */
function colour(choice: string | undefined, stream: NodeJS.WriteStream): boolean {
  if (choice === "always") return true;
  if (choice === "never") return false;
  const none = process.env["NO_COLOR"];
  return stream.isTTY === true && (none === undefined || none === "") && process.env["TERM"] !== "dumb";
}

export function openTerminal(options: TerminalOptions): Terminal {
  let unread = false;
  const columns = process.stdout.columns ?? process.stderr.columns ?? (Number(process.env["COLUMNS"]) || 100);
  return {
    colourOut: colour(options.color, process.stdout),
    colourErr: colour(options.color, process.stderr),
    width: Math.max(40, Math.min(columns, 160)),
    quiet: options.quiet === true,
    verbose: options.verbose === true,
    progress: options.progress !== "never" && process.stderr.isTTY === true && options.quiet !== true,
    unread: () => unread,
    out: writer(process.stdout, () => {
      unread = true;
    }),
    err: writer(process.stderr, () => undefined),
  };
}
