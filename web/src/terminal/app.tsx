import { Button, createTheme, MantineProvider } from "@mantine/core";
import { useEffect, useState, useSyncExternalStore } from "react";
import { keepAwake, keepShell } from "../browser/installing";
import { isRefused } from "../scan/link";
import { DeskProvider, type Parts, useDesk } from "./desk";
import { Dialogs } from "./dialogs";
import { IdleScreen } from "./idle_screen";
import { PickingScreen } from "./picking_screen";
import { SettingsSheet } from "./settings_sheet";
import { SignIn } from "./sign_in";
import { TallyScreen } from "./tally_screen";

const THEME = createTheme({
  fontFamily: "system-ui, sans-serif",
  defaultRadius: "md",
  cursorType: "pointer",
});

export function App({ parts }: { parts: Parts }) {
  return (
    <DeskProvider parts={parts}>
      <Page />
    </DeskProvider>
  );
}

function Page() {
  const { preferred, view } = useDesk();
  const [hasSettings, setHasSettings] = useState(false);
  const [isOutdated, setIsOutdated] = useState(false);
  const { language, colours } = preferred;
  const isWorking = view.session !== null || view.tally !== null;

  useEffect(() => keepShell(() => setIsOutdated(true)), []);
  useEffect(() => (isWorking ? keepAwake() : undefined), [isWorking]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  return (
    // the page's policy forbids style elements: the variables come with the style sheet
    <MantineProvider
      theme={THEME}
      withCssVariables={false}
      withGlobalClasses={false}
      {...(colours === "auto" ? { defaultColorScheme: "auto" } : { forceColorScheme: colours })}
    >
      <div className="screen">
        {isOutdated && !isWorking && <NewVersion />}
        <Told />
        <Others />
        <Screen onSettings={() => setHasSettings(true)} />
        {hasSettings && <SettingsSheet onClose={() => setHasSettings(false)} />}
        <Dialogs />
      </div>
    </MantineProvider>
  );
}

function Screen({ onSettings }: { onSettings: () => void }) {
  const { view } = useDesk();
  if (isRefused(view.link)) return <SignIn onSettings={onSettings} />;
  const { session, tally } = view;
  // another session or tally begins with nothing chosen and nothing open
  if (session) {
    return <PickingScreen key={session.session} session={session} onSettings={onSettings} />;
  }
  if (tally) return <TallyScreen key={tally.tally} tally={tally} onSettings={onSettings} />;
  return <IdleScreen onSettings={onSettings} />;
}

function NewVersion() {
  const { say } = useDesk();
  return (
    <div className="notice" role="status">
      {say("new_version")}
      <Button size="compact-md" onClick={() => location.reload()}>
        {say("reload")}
      </Button>
    </div>
  );
}

function Told() {
  const { news, preferred, say } = useDesk();
  const told = useSyncExternalStore(news.subscribe, news.get);
  if (!told) return null;
  return (
    <div className="notice" role="status">
      {say(told, { terminal: preferred.terminal })}
      <Button size="compact-md" onClick={() => news.tell(null)}>
        {say("understood")}
      </Button>
    </div>
  );
}

/** What somebody else scanned is sent under their name only, once they have signed in again. */
function Others() {
  const { terminal, view, say } = useDesk();
  const [isSure, setIsSure] = useState(false);
  if (!view.others || view.person === null) return null;
  return (
    <div className="notice" role="status">
      <span>{isSure ? say("discard_sure") : say("others_wait", { ...view.others })}</span>
      <Button
        size="compact-md"
        color="red"
        onClick={() => (isSure ? void terminal.discardOfOthers() : setIsSure(true))}
      >
        {say("discard")}
      </Button>
    </div>
  );
}
