/**
 * Foreign text without what a log must not hold: addresses of servers, which may carry a token, and bytes longer than a
 * hash, which may be a transaction that was signed and not sent. Nodes and libraries repeat what they were given.
 */
export function harmless(text: string): string {
  return text.replace(/\b\w+:\/\/\S+/g, '[url]').replace(/(?:0x)?[0-9a-fA-F]{65,}/g, '[bytes]')
}
