/** A value before it is written as JSON. Optional fields may be undefined, because JSON leaves them out. */
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
