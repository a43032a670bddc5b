/** Times in reports. */
import { showTime } from "../../language/domains/time.ts";

/** RFC 3339 in UTC, always with seconds, which date literals of the language leave out. */
export function rfc3339(time: number): string {
  return showTime(time).replace(/T(\d\d:\d\d)Z$/, "T$1:00Z");
}
