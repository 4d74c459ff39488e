import { expect } from "chai";
import { UsageError } from "../../../../infra/commands/arguments.ts";
import { loginOf, repositoriesOf } from "../../../../local/systems/plan-runner/repositories.ts";

describe("the repositories of a person's folders", () => {
  type Options = Parameters<typeof repositoriesOf>[1];

  function named(options: Options) {
    return [...repositoriesOf("user:ann.b@example.com", options)];
  }

  it("are called as told, else as their folder in the developer's account", () => {
    const options = [
      { fullName: "acme/web", folder: "/srv/a" },
      { fullName: undefined, folder: "/srv/my infra" },
      { fullName: undefined, folder: "/" },
    ];
    expect(named(options)).to.deep.equal([
      ["acme/web", "/srv/a"],
      ["ann-b/my-infra", "/srv/my infra"],
      ["ann-b/repository", "/"],
    ]);
  });

  it("are refused where two would have one name, whatever its case", () => {
    const options = [
      { fullName: undefined, folder: "/srv/infra" },
      { fullName: undefined, folder: "/home/Infra" },
    ];
    expect(() => named(options)).to.throw(
      UsageError,
      "There are two repositories ann-b/Infra; name one of them: --repository OWNER/NAME=/home/Infra",
    );
  });

  for (const [developer, login] of [
    ["user:ann@example.com", "ann"],
    ["user:_ann+test_@example.com", "ann-test"],
    ["user:@example.com", "developer"],
  ] as const) {
    it(`belong to ${login} where the developer is ${developer}`, () => {
      expect(loginOf(developer)).to.equal(login);
    });
  }
});
