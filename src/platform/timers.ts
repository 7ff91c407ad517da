/** The longest delay that a timer can hold, in milliseconds: a longer one fires at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;
