// The moon, to about half a day: enough for a calendar, not for a landing.

export interface Phase {
  name: string;
  sign: string;
  /** Days since the last new moon. */
  age: number;
}

const DAY = 24 * 60 * 60 * 1000;
const MONTH = 29.530588; // days from one new moon to the next, on average
const NEW_MOON = Date.UTC(2000, 0, 6, 18, 14);

const names = [
  "new moon", "waxing crescent", "first quarter", "waxing gibbous",
  "full moon", "waning gibbous", "last quarter", "waning crescent",
];
const signs = [..."🌑🌒🌓🌔🌕🌖🌗🌘"];

export function phase(date: Date): Phase {
  const days = (date.getTime() - NEW_MOON) / DAY;
  const age = ((days % MONTH) + MONTH) % MONTH; // % keeps the sign of days
  const eighth = Math.round((age / MONTH) * 8) % 8;
  return { name: names[eighth], sign: signs[eighth], age };
}
