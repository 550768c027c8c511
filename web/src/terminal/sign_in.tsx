import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useDesk } from "./desk";
import { Icon } from "./icon";
import { SignInError, signIn } from "./server";
import { TopBar } from "./top_bar";

/** Who is picking? */
export function SignIn({ onSettings }: { onSettings: () => void }) {
  const { terminal, view, say } = useDesk();
  const [typed, setTyped] = useState<string | null>(null);
  const name = typed ?? view.badge ?? "";
  const [secret, setSecret] = useState("");
  const [trouble, setTrouble] = useState<SignInError | null>(null);
  const [isAsking, setIsAsking] = useState(false);

  const send = async (event: FormEvent) => {
    event.preventDefault();
    setIsAsking(true);
    try {
      terminal.personIs(await signIn(name.trim(), secret));
    } catch (error) {
      setTrouble(error instanceof SignInError ? error : new SignInError("unreachable"));
      setSecret("");
      setIsAsking(false);
    }
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
        <form onSubmit={(event) => void send(event)}>
          <TextInput
            label={say("name")}
            size="xl"
            autoComplete="username"
            autoCapitalize="none"
            required
            value={name}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <PasswordInput
            key={view.badge}
            autoFocus={view.badge !== null}
            label={say("secret")}
            size="xl"
            autoComplete="current-password"
            required
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
