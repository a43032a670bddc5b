/** Colours of terminal output. Colour is never the only carrier of meaning: every part is worded too. */

export type Style = (text: string) => string;

export interface Palette {
  readonly error: Style;
  readonly warning: Style;
  readonly note: Style;
  readonly help: Style;
  readonly good: Style;
  readonly strong: Style;
  readonly faint: Style;
}

const same: Style = (text) => text;
const sgr =
  (open: string, close: string): Style =>
  (text) =>
    text === "" ? "" : `\u001b[${open}m${text}\u001b[${close}m`;

export const plain: Palette = { error: same, warning: same, note: same, help: same, good: same, strong: same, faint: same };

export const ansi: Palette = {
  error: sgr("1;31", "22;39"),
  warning: sgr("1;33", "22;39"),
  note: sgr("1;34", "22;39"),
  help: sgr("1;36", "22;39"),
  good: sgr("1;32", "22;39"),
  strong: sgr("1", "22"),
  faint: sgr("2", "22"),
};
