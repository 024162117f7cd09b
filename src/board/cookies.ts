/** The cookies of a request's `Cookie` header. */
export const cookiesIn = (header: string | undefined): { name: string; value: string }[] =>
  (header ?? "").split(";").flatMap((one) => {
    const [name = "", ...value] = one.trim().split("=");
    return value.length > 0 ? [{ name, value: value.join("=") }] : [];
  });
