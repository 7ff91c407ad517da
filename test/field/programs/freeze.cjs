// Freezes the built-in prototypes, as hardened programs do before they load other modules.
for (const { prototype } of [Object, Array, Function, Error, Promise, Map, Set, RegExp, String])
  Object.freeze(prototype);
