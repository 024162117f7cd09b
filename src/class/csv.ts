/** What a cell of a table may be. */
export type Value = string | number | boolean | undefined;

/** A text as a cell of CSV: in quotes if it needs them. */
export const csvCell = (text: string, delimiter = ","): string =>
  /["\r\n]|^\s|\s$/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;

/**
 * The same for a spreadsheet, which must not take any text for a formula: an apostrophe says that it is none. Also after what some
 * spreadsheets take for the end of a cell. https://owasp.org/www-community/attacks/CSV_Injection
 */
export const sheetCell = (value: Value): string => {
  if (typeof value === "number") return String(Math.round(value * 10) / 10);
  return csvCell(String(value ?? "").replace(/(^|[,;\t\r\n])(["'\s]*)(?=[=+\-@＝＋－＠])/g, "$1$2'"));
};

/** Lines of cells, quoted as in RFC 4180; lines end as texts of this computer do. */
export const csvText = (rows: readonly (readonly Value[])[]): string =>
  rows.map((row) => `${row.map(sheetCell).join(",")}\n`).join("");
