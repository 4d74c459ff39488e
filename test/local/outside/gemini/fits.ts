/** Whether a value fits a schema, of what the tests' schemas say. */
type Fields = Readonly<Record<string, unknown>>;

/** Where it does not, and why; empty where it fits. */
export function misfits(value: unknown, schema: Fields, at = "$"): readonly string[] {
  const problems: string[] = [];
  const expect = (holds: boolean, rule: string): void => {
    if (!holds) problems.push(`${at}: ${rule}`);
  };
  if (Array.isArray(schema.enum)) {
    expect(schema.enum.includes(value), "enum");
    return problems;
  }
  switch (String(schema.type).toLowerCase()) {
    case "object": {
      const properties = (schema.properties ?? {}) as Readonly<Record<string, Fields>>;
      const fields = (value ?? {}) as Fields;
      expect(typeof value === "object" && value !== null && !Array.isArray(value), "object");
      for (const name of (schema.required ?? []) as readonly string[]) {
        expect(Object.hasOwn(fields, name), `required ${name}`);
      }
      for (const [name, each] of Object.entries(fields)) {
        const of = Object.hasOwn(properties, name) ? properties[name] : undefined;
        if (of !== undefined) problems.push(...misfits(each, of, `${at}.${name}`));
        else expect(schema.additionalProperties !== false, `additional ${name}`);
      }
      break;
    }
    case "array": {
      const items = Array.isArray(value) ? (value as readonly unknown[]) : [];
      expect(Array.isArray(value), "array");
      expect(items.length >= Number(schema.minItems ?? 0), "minItems");
      expect(items.length <= Number(schema.maxItems ?? Infinity), "maxItems");
      const of = schema.items as Fields | undefined;
      if (of !== undefined) {
        problems.push(...items.flatMap((each, i) => misfits(each, of, `${at}[${i}]`)));
      }
      break;
    }
    case "string": {
      const text = typeof value === "string" ? value : "";
      expect(typeof value === "string", "string");
      expect(text.length >= Number(schema.minLength ?? 0), "minLength");
      expect(text.length <= Number(schema.maxLength ?? Infinity), "maxLength");
      if (typeof schema.pattern === "string") {
        expect(new RegExp(schema.pattern).test(text), `pattern ${schema.pattern}`);
      }
      break;
    }
    case "integer":
    case "number":
      expect(typeof value === "number", "number");
      expect(schema.type !== "integer" || Number.isInteger(value), "integer");
      expect(Number(value) >= Number(schema.minimum ?? -Infinity), "minimum");
      expect(Number(value) <= Number(schema.maximum ?? Infinity), "maximum");
      break;
    case "boolean":
      expect(typeof value === "boolean", "boolean");
      break;
    default:
      expect(false, `type ${String(schema.type)} is none of the tests'`);
  }
  return problems;
}
