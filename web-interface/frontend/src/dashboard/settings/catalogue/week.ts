/** Monday to Sunday, as the service counts them. */
export const WEEK = [0, 1, 2, 3, 4, 5, 6] as const;
