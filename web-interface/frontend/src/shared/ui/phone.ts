/** Write a Chilean number as people say it: `+56223456701` → `+56 2 2345 6701`, `+56612345601` → `+56 61 234 5601`. */
export function formatPhone(phone: string): string {
  const plain = phone.replace(/[\s()-]/g, "");
  const found = /^\+56([29])(\d{4})(\d{4})$/.exec(plain) ?? /^\+56(\d{2})(\d{3})(\d{4})$/.exec(plain);
  return found ? `+56 ${found[1]} ${found[2]} ${found[3]}` : phone;
}
