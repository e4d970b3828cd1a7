/** `texts`: how many strings, names of fields included. `marks`: how many characters between them. */
type JsonBounds = { texts: number; marks: number }

/**
 * Reads JSON that is strings for the most part, as a block is. Text of another shape is refused before it is read: a
 * hundred megabytes of brackets would take half a minute and gigabytes.
 *
 * @throws {SyntaxError} when the text is no JSON, or holds more of either than `bounds` allow.
 */
export function parseBounded(text: string, bounds: JsonBounds): unknown {
  let texts = 0
  let marks = 0
  for (let at = 0; at < text.length;) {
    const opening = placeOf(text, at)
    marks += opening - at
    if (opening < text.length) texts++
    if (texts > bounds.texts || marks > bounds.marks) throw new SyntaxError('Too many values.')
    at = closingOf(text, opening) + 1
  }
  return JSON.parse(text)
}

/** Where the string that opens here is closed. */
function closingOf(text: string, opening: number): number {
  let closing = placeOf(text, opening + 1)
  while (closing < text.length && isEscaped(text, closing)) closing = placeOf(text, closing + 1)
  return closing
}

/** The next quotation mark, or the end. */
function placeOf(text: string, from: number): number {
  const place = text.indexOf('"', from)
  return place < 0 ? text.length : place
}

function isEscaped(text: string, place: number): boolean {
  let before = place - 1
  while (text[before] === '\\') before--
  return (place - before) % 2 === 0
}
