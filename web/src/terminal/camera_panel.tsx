import { ActionIcon, CloseButton } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { type Camera, CameraError, type CameraTrouble, startCamera } from "../browser/camera";
import { Sights } from "../scan/repeats";
import { useDesk } from "./desk";
import { Icon } from "./icon";

/** A code counts again once it was out of the picture for this long. */
const OUT_OF_SIGHT_MS = 1200;

/** The camera's picture above the order, so that what comes of a scan is seen beside it. */
export function CameraPanel({ onClose }: { onClose: () => void }) {
  const { terminal, say } = useDesk();
  const video = useRef<HTMLVideoElement>(null);
  const [camera, setCamera] = useState<Camera | null>(null);
  const [trouble, setTrouble] = useState<CameraTrouble | null>(null);
  const [isLit, setIsLit] = useState(false);

  useEffect(() => {
    const sights = new Sights(OUT_OF_SIGHT_MS);
    let isOver = false;
    let started: Camera | null = null;
    const read = (code: string, time: number) => {
      if (sights.isNew(code, time)) void terminal.read(code, time);
    };
    const element = video.current;
    if (!element) return;
    startCamera(element, read).then(
      (running) => {
        if (isOver) return running.stop();
        started = running;
        setCamera(running);
      },
      (error: unknown) => {
        if (!isOver) setTrouble(error instanceof CameraError ? error.trouble : "camera_failed");
      },
    );
    return () => {
      isOver = true;
      started?.stop();
    };
  }, [terminal]);

  const light = () => {
    const wanted = !isLit;
    camera?.torch?.(wanted).then(
      () => setIsLit(wanted),
      () => setCamera((running) => running && { ...running, torch: null }),
    );
  };

  return (
    <section className="camera" aria-label={say("camera_title")}>
      <video ref={video} playsInline muted hidden={trouble !== null} />
      {trouble && <p role="alert">{say(trouble)}</p>}
      <div className="camera-buttons">
        {camera?.torch && (
          <ActionIcon
            size={44}
            color="dark"
            aria-label={say("torch")}
            aria-pressed={isLit}
            onClick={light}
          >
            <Icon name="star" />
          </ActionIcon>
        )}
        <CloseButton size="xl" variant="filled" aria-label={say("close")} onClick={onClose} />
      </div>
    </section>
  );
}
