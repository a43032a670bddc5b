/**
 * The string formats of the schemas we ship. Times and dates are held to their grammars, because decisions read them.
 * Addresses are not: generators copy what package authors wrote (`${project.url}`, paths with blanks, `me at example`),
 * nothing decides on it, and a whole document must not be refused for it. JSON Schema leaves formats to the validator.
 */
import { fullFormats } from "ajv-formats/dist/formats.js";

/** Text that fits on one line. */
const oneLine = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 0x20) return false;
  return true;
};

/** Schemas tell names from addresses by the scheme, so that much is asked. */
const withScheme = (text: string): boolean => /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text) && oneLine(text);

export const formats = {
  ...fullFormats,
  uri: withScheme,
  "uri-reference": oneLine,
  iri: withScheme,
  "iri-reference": oneLine,
  email: oneLine,
  "idn-email": oneLine,
};
