import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useCallback, useEffect, useState } from "react";
import { useDesk } from "./desk";
import { Icon } from "./icon";
import { SignInError, signIn } from "./server";
import { TopBar } from "./top_bar";
import { waysIn, waysOfScan } from "./ways_in";

/** Who is picking? */
export function SignIn({ onSettings }: { onSettings: () => void }) {
  const { terminal, preferred, view, say } = useDesk();
  const { token } = preferred;
  const { badge, scans } = view;
  const [typed, setTyped] = useState<string | null>(null);
  // where no badge is good, a code that holds a name still saves typing it
  const name = typed ?? (token ? null : badge) ?? "";
  const [secret, setSecret] = useState("");
  const [trouble, setTrouble] = useState<SignInError | null>(null);
  const [isAsking, setIsAsking] = useState(false);

  const admit = useCallback(
    async (asking: Promise<string>) => {
      setIsAsking(true);
      try {
        terminal.personIs(await asking);
      } catch (error) {
        setTrouble(error instanceof SignInError ? error : new SignInError("unreachable"));
        setSecret("");
        setIsAsking(false);
      }
    },
    [terminal],
  );

  // the same badge again is another try
  // biome-ignore lint/correctness/useExhaustiveDependencies: a scan is what begins a try
  useEffect(() => {
    if (badge && token) void admit(signIn(waysOfScan(badge, typed ?? ""), token));
  }, [scans]);

  const send = (event: FormEvent) => {
    event.preventDefault();
    void admit(signIn(waysIn(name, secret, token !== ""), token));
  };

  return (
    <>
      <TopBar title={say("title")} onSettings={onSettings} />
      <main className="sign-in">
        <Icon name="person" size={56} />
        <h2>{say("sign_in_title")}</h2>
        <p className="hint">{say("badge_hint")}</p>
        {view.link === "not_allowed" && (
          <p role="alert" className="trouble">
            {say("not_allowed", { person: view.person ?? "" })}
          </p>
        )}
        {view.link === "not_paired" && (
          <p role="alert" className="trouble">
            {say("must_pair", { terminal: preferred.terminal })}
          </p>
        )}
        <form onSubmit={send}>
          <TextInput
            label={say("name")}
            size="xl"
            autoComplete="username"
            autoCapitalize="none"
            required={!token}
            value={name}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <PasswordInput
            key={badge}
            autoFocus={badge !== null && !token}
            label={say("secret")}
            size="xl"
            autoComplete="current-password"
            required={!token}
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
          <p role="alert" className="trouble">
            {trouble && say(trouble.why, { seconds: trouble.seconds })}
          </p>
          <Button type="submit" size="xl" fullWidth loading={isAsking}>
            {say("sign_in")}
          </Button>
        </form>
      </main>
    </>
  );
}
