import { type Parsed, problem } from "./parsed.ts";
export interface ImageRef {
  readonly registry: string;
  readonly path: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
  /** As it was written. */
  readonly text: string;
}
export function parseImageRef(text: string): Parsed<ImageRef> {
  return problem(text);
}
export function equalImageRef(a: ImageRef, b: ImageRef): boolean {
  return a === b;
}
export function showImageRef(ref: ImageRef): string {
  return ref.text;
}
