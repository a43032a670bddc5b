/** Streams and what is known of the terminal. Answers go to stdout, everything else to stderr. */

export interface Terminal {
  readonly colourOut: boolean;
  readonly colourErr: boolean;
  /** Columns of the terminal; 100 where there is none. */
  readonly width: number;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly progress: boolean;
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

/** Whoever reads stdout may stop reading (`| head`): then there is nobody to answer, and that is no error. */
function writer(stream: NodeJS.WriteStream): (text: string) => Promise<void> {
  stream.on("error", (problem: NodeJS.ErrnoException) => {
    if (problem.code === "EPIPE") process.exit(0);
    throw problem;
  });
  return (text) =>
    new Promise((resolve) => {
      if (text === "" || stream.write(text)) resolve();
      else stream.once("drain", resolve);
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
  const columns = process.stdout.columns ?? process.stderr.columns ?? (Number(process.env["COLUMNS"]) || 100);
  return {
    colourOut: colour(options.color, process.stdout),
    colourErr: colour(options.color, process.stderr),
    width: Math.max(40, Math.min(columns, 160)),
    quiet: options.quiet === true,
    verbose: options.verbose === true,
    progress: options.progress !== "never" && process.stderr.isTTY === true && options.quiet !== true,
    out: writer(process.stdout),
    err: writer(process.stderr),
  };
}
