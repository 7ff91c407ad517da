/** A value that is to become JSON, which leaves out what is undefined: what may be absent may be undefined. */
export type Serializable<Value> = unknown extends Value
  ? Value
  : Value extends string | number | boolean | null | undefined
    ? Value
    : Value extends readonly (infer Item)[]
      ? readonly Serializable<Item>[]
      : {
          [Name in keyof Value]:
            | Serializable<Value[Name]>
            | (Record<never, never> extends Pick<Value, Name> ? undefined : never);
        };
