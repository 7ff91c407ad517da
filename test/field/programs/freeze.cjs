// Freezes what other code might change, as hardened programs do before they load anything else.
for (const { prototype } of [Object, Array, Function, Error, Promise, Map, Set, RegExp, String])
  Object.freeze(prototype);
