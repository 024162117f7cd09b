/** Why a test of this folder is left out of the short run; false where all were asked for. */
export const short: string | false =
  process.env.LABWRIGHT_ENGINES === "all" ? false : "it takes minutes; LABWRIGHT_ENGINES=all runs it";
