/**
 * Whether two texts are equal. The duration depends only on the length of the expected text, so that an attacker cannot guess a
 * signature or a code character by character. Beyond the end of a shorter candidate, each character counts as 0.
 */
export function isEqualInConstantTime(expected: string, candidate: string): boolean {
  let difference = expected.length ^ candidate.length;
  for (let i = 0; i < expected.length; i++) difference |= expected.charCodeAt(i) ^ candidate.charCodeAt(i);
  return difference === 0;
}
