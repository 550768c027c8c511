import { Button, NativeSelect, SegmentedControl, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { installOffer } from "../browser/installing";
import { isTerminalName, REPEAT_WINDOWS_MS } from "../browser/preferences";
import { KINDS, LOOKS } from "../scan/feedback";
import { LANGUAGES } from "../texts";
import { useDesk } from "./desk";
import { Sheet } from "./sheet";

const COLOURS = ["auto", "light", "dark"] as const;
const LANGUAGE_NAMES = { ro: "Română", en: "English" };
const LONGEST_NAME = 64;

/** What a person sets on this device, and the way out. */
export function SettingsSheet({ onClose }: { onClose: () => void }) {
  const { terminal, preferences, preferred, view, sounds, say } = useDesk();
  const [name, setName] = useState(preferred.terminal);
  const [heard, setHeard] = useState(0);
  const install = installOffer();

  const rename = () => {
    const fresh = name.trim();
    if (!isTerminalName(fresh) || fresh === preferred.terminal) {
      setName(preferred.terminal);
      return;
    }
    preferences.set({ terminal: fresh });
    terminal.renamed();
  };
  const listen = () => {
    const kind = KINDS[heard % KINDS.length];
    if (kind) sounds.play(LOOKS[kind]);
    setHeard(heard + 1);
  };
  const leave = async () => {
    onClose();
    await terminal.leave();
  };

  return (
    <Sheet title={say("settings")} onClose={onClose}>
      <div className="settings">
        <fieldset className="choice">
          <legend>{say("language")}</legend>
          <SegmentedControl
            fullWidth
            size="md"
            value={preferred.language}
            onChange={(value) =>
              preferences.set({ language: LANGUAGES.find((one) => one === value) ?? "ro" })
            }
            data={LANGUAGES.map((one) => ({ value: one, label: LANGUAGE_NAMES[one] }))}
          />
        </fieldset>
        <fieldset className="choice">
          <legend>{say("colours")}</legend>
          <SegmentedControl
            fullWidth
            size="md"
            value={preferred.colours}
            onChange={(value) =>
              preferences.set({ colours: COLOURS.find((one) => one === value) ?? "auto" })
            }
            data={COLOURS.map((one) => ({ value: one, label: say(`colours_${one}`) }))}
          />
        </fieldset>
        <div className="pair">
          <Switch
            size="lg"
            label={say("sound")}
            checked={preferred.sound}
            onChange={(event) => preferences.set({ sound: event.currentTarget.checked })}
          />
          <Button variant="default" size="md" onClick={listen}>
            {say("try_sound")}
          </Button>
        </div>
        <Switch
          size="lg"
          label={say("vibration")}
          checked={preferred.vibration}
          onChange={(event) => preferences.set({ vibration: event.currentTarget.checked })}
        />
        <NativeSelect
          size="md"
          label={say("repeat_window")}
          value={String(preferred.repeatWindowMs)}
          onChange={(event) =>
            preferences.set({ repeatWindowMs: Number(event.currentTarget.value) })
          }
          data={REPEAT_WINDOWS_MS.map((ms) => ({
            value: String(ms),
            label: ms === 0 ? say("repeat_off") : say("repeat_ms", { ms }),
          }))}
        />
        <div className="pair">
          <TextInput
            size="md"
            label={say("prefix")}
            value={preferred.prefix}
            onChange={(event) => preferences.set({ prefix: event.currentTarget.value })}
          />
          <TextInput
            size="md"
            label={say("suffix")}
            value={preferred.suffix}
            onChange={(event) => preferences.set({ suffix: event.currentTarget.value })}
          />
        </div>
        <TextInput
          size="md"
          label={say("terminal_name")}
          maxLength={LONGEST_NAME}
          readOnly={preferred.token !== ""}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          onBlur={rename}
        />
        {!globalThis.isSecureContext && <p className="hint">{say("not_secure")}</p>}
        {install && (
          <Button variant="default" size="lg" onClick={() => void install()}>
            {say("install")}
          </Button>
        )}
        {view.person && (
          <>
            {view.waiting > 0 && (
              <p className="hint">{say("sign_out_waiting", { count: view.waiting })}</p>
            )}
            <Button color="red" variant="light" size="lg" onClick={() => void leave()}>
              {say("sign_out")}
            </Button>
          </>
        )}
      </div>
    </Sheet>
  );
}
