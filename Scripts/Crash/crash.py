#!/usr/bin/env python3
"""What is left of a record when its session, or its disk, comes to a sudden end.

    Scripts/dev crash kill [--times N] [--seed S]    kill -9 at random moments, simulated and in real time
    Scripts/dev crash disk                           disks that fill, fail to synchronise, or vanish

After a kill the record must be truncated or complete and never altered, by both verifiers, with no
unsealed tick, and replay bit for bit. With a failed disk `run` must raise "record failed" and keep
it, hold boluses, and end with status 74; what was written before verifies and replays.

Exit status: 0 all as it must be; 1 not.
"""
import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
AUDITOR = os.path.join(ROOT, "Scripts", "verify-record")
CANNOT_WRITE = 74

# Two boluses are asked for; where a disk fails in between, the first is given and the second held.
BOLUSES_S = (600, 1500)
BETWEEN_S = 900
SESSION = """\
title: A session that ends too soon
patient: { mass: 70 kg }
drug: { name: morphine, indication: post-operative, concentration: 2 mg/mL }
reservoir: { syringe: bd-plastipak-20, fill: 20 mL }
infusionSet: winged-25g-80cm
programme:
  - basal: 0.5 mg/h for %s
patientBolus: { dose: 1 mg, lockout: 10 min, maximum: 4 per h, rate: 30 mL/h }
limits:
  rate: 1 mL/h
  dose: [6 mg per 1 h, 16 mg per 4 h, 60 mg per 24 h]
  occlusion: 540 mmHg
events:
  - { at: 10 min, operator: patient, action: bolus }
  - { at: 25 min, operator: patient, action: bolus }
expect:
  - { bolusesGranted: 1 }
  - { bolusesDenied: 1 }
"""


class Campaign:
    def __init__(self, options, folder):
        self.program, self.folder = options.trumpet, folder
        # A home without anybody's keys.
        self.environment = {**os.environ, "HOME": folder, "XDG_CONFIG_HOME": folder}
        self.key, self.complaints = None, 0
        if not options.unsigned:
            made = subprocess.run([self.program, "key", "new", "bench"], check=True, text=True,
                                  capture_output=True, env=self.environment)
            self.key = made.stdout.split("\n")[0]

    def session(self, name, duration):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(SESSION % duration)
        return path

    def command(self, session, record, pace):
        return [self.program, "run", session, "--record", record, "--pace", pace, "--json"]

    def complain(self, what):
        self.complaints += 1
        print(f"  WRONG: {what}", flush=True)

    def answers(self, record):
        """What both verifiers say."""
        keys = ["--key", self.key] if self.key else ["--allow-unsigned"]
        found = []
        for verifier in ([AUDITOR], [self.program, "verify"]):
            done = subprocess.run([*verifier, record, "--json", *keys], capture_output=True, text=True,
                                  env=self.environment)
            found.append(json.loads(done.stdout) if done.returncode in (0, 1) and done.stdout else done.returncode)
            if done.returncode not in (0, 1, 65):
                self.complain(f"{' '.join(verifier)}: status {done.returncode}: {done.stderr[-300:]}")
        ours, theirs = found
        if isinstance(ours, dict) and isinstance(theirs, dict):
            for name in ("state", "unsealed_ticks", "signature", "container", "at_s"):
                if ours[name] != theirs[name]:
                    self.complain(f"{name}: verify-record {ours[name]}, trumpet verify {theirs[name]}")
        elif ours != theirs:
            self.complain(f"verify-record {ours}, trumpet verify {theirs}")
        return ours

    def check(self, record, what):
        """A record that was written until something happened; gives what is left of it, in s."""
        if not os.path.exists(record) or os.path.getsize(record) == 0:
            return None
        answer = self.answers(record)
        if answer == 65:
            # Nothing that could be called a record was written yet.
            if os.path.getsize(record) > 4096:
                self.complain(f"{what}: {os.path.getsize(record)} bytes, and not a session record")
            return None
        if answer["state"] not in ("truncated", "complete"):
            self.complain(f"{what}: {answer}")
        # Without key every block that can be read is sealed; with one, the last minute and a
        # block at most wait for their checkpoint.
        most = 12_000 if self.key else 0
        if answer["unsealed_ticks"] > most:
            self.complain(f"{what}: {answer['unsealed_ticks']} unsealed ticks")
        replay = subprocess.run([self.program, "replay", record, "--json"], capture_output=True, text=True)
        if answer["at_s"] == 0.0:
            # No block was written: there is nothing to replay.
            return 0.0
        try:
            replayed = json.loads(replay.stdout)
            if replayed["identical"] is not True or replayed["ticks"] == 0:
                self.complain(f"{what}: replay: {replay.stdout}")
        except ValueError:
            self.complain(f"{what}: replay: status {replay.returncode}: {replay.stderr[-300:]}")
        return answer["at_s"]


# Kill

def kill(campaign, options):
    simulated = campaign.session("long.yaml", options.duration)
    real = campaign.session("real.yaml", "1 h")
    record = os.path.join(campaign.folder, "whole.mcap")
    begin = time.monotonic()
    subprocess.run(campaign.command(simulated, record, "max"), capture_output=True, check=False,
                   env=campaign.environment)
    whole = time.monotonic() - begin
    campaign.check(record, "not killed")
    print(f"a whole session at --pace max takes {whole:.1f} s", flush=True)
    moments = random.Random(options.seed)
    plans = [(i, simulated, "max", moments.uniform(0, whole)) if i % 2 == 0
             else (i, real, "realtime", moments.uniform(0, 8)) for i in range(options.times)]
    with ThreadPoolExecutor(options.jobs) as pool:
        lengths = list(pool.map(lambda plan: kill_one(campaign, *plan), plans))
    for pace, found in (("max", lengths[0::2]), ("realtime", lengths[1::2])):
        kept = [each for each in found if each]
        print(f"{len(found)} kills at --pace {pace}: {len(kept)} with blocks, "
              f"{sum(kept) / max(len(kept), 1):.0f} s of session on average", flush=True)


def kill_one(campaign, number, session, pace, moment):
    record = os.path.join(campaign.folder, f"kill-{number}.mcap")
    process = subprocess.Popen(campaign.command(session, record, pace), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env=campaign.environment)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    status = process.wait()
    length = campaign.check(record, f"kill {number}, --pace {pace}, after {moment:.3f} s, status {status}")
    if os.path.exists(record):
        os.unlink(record)
    return length


# Disk

def disk(campaign, options):
    shim = os.path.join(campaign.folder, "failing-disk.so")
    source = os.path.join(ROOT, "Scripts", "Crash", "failing-disk.c")
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", shim, source, "-ldl"], check=True)
    session = campaign.session("disk.yaml", "30 min")
    reference = os.path.join(campaign.folder, "reference.mcap")
    subprocess.run(campaign.command(session, reference, "max"), capture_output=True, check=False,
                   env=campaign.environment)
    campaign.check(reference, "reference")
    size, middle = os.path.getsize(reference), size_at(reference, BETWEEN_S)

    def failing(**settings):
        def arrange(record):
            return {"LD_PRELOAD": shim, "FAILING_FILE": os.path.realpath(record),
                    **{f"FAILING_{name}": str(value) for name, value in settings.items()}}
        return arrange

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (middle, middle))

    full = "no room on the disk"
    cases = [
        dict(what=full, arrange=failing(WRITE_AFTER=middle)),
        dict(what=full + ", one byte less than a record", arrange=failing(WRITE_AFTER=size - 1)),
        dict(what=full + ", nothing at all", arrange=failing(WRITE_AFTER=0), starts=False),
        dict(what="fdatasync fails from the first", arrange=failing(SYNC_AFTER=0), starts=False),
        # One is at the start, then there is one a second of wall time: 120 s of session.
        dict(what="fdatasync fails once the session runs", arrange=failing(SYNC_AFTER=9), pace="120"),
        dict(what="close fails", arrange=failing(CLOSE=1)),
        dict(what="a limit on the size of files", preexec=limited),
    ]
    for what in ("file deleted", "file moved", "directory moved", "directory deleted"):
        cases.append(dict(what=what, meanwhile=(what, middle), pace="120"))
    # Most of them only wait for the clock.
    with ThreadPoolExecutor(max(options.jobs, 4)) as pool:
        for line in pool.map(lambda case: fails(campaign, session, **case), cases):
            print(line, flush=True)


def size_at(record, seconds):
    """How long the file was when so much of the session was in it."""
    with open(record, "rb") as file:
        data = file.read()
    at = 8
    while True:
        kind, length = data[at], int.from_bytes(data[at + 1 : at + 9], "little")
        # Kind 6 is a chunk, whose second field is its last time, ns.
        if kind == 6 and int.from_bytes(data[at + 17 : at + 25], "little") >= seconds * 10**9:
            return at
        at += 9 + length


def fails(campaign, session, what, arrange=None, preexec=None, meanwhile=None, pace="max", starts=True):
    """Runs a session whose disk fails; `meanwhile` is what happens once the record is so long."""
    folder = tempfile.mkdtemp(dir=campaign.folder)
    inner = os.path.join(folder, "inner")
    os.mkdir(inner)
    record = os.path.join(inner, "a.mcap")
    environment = {**campaign.environment, **(arrange(record) if arrange else {})}
    process = subprocess.Popen(campaign.command(session, record, pace), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env=environment, preexec_fn=preexec)
    left = record
    if meanwhile:
        happening, length = meanwhile
        while process.poll() is None and not (
                os.path.exists(record) and os.path.getsize(record) >= length):
            time.sleep(0.02)
        left = vanish(happening, record, folder)
    output, errors = process.communicate()
    if process.returncode != CANNOT_WRITE:
        campaign.complain(f"{what}: status {process.returncode}, not {CANNOT_WRITE}: {errors[-300:]}")
    if record not in errors:
        campaign.complain(f"{what}: the record is not named: {errors[-300:]}")
    kept = campaign.check(left, what) if left else None
    alarm = check_alarm(campaign, what, output) if starts else "not started"
    return f"{what}: {alarm}; kept {'nothing' if left is None else 'all' if kept is None else f'{kept} s'}"


def vanish(what, record, folder):
    """Does what has to happen to the record; gives where it is then, if anywhere."""
    moved = os.path.join(folder, "moved")
    if what == "file deleted":
        os.unlink(record)
        return None
    if what == "file moved":
        os.rename(record, moved)
        return moved
    if what == "directory moved":
        os.rename(os.path.dirname(record), moved)
        return os.path.join(moved, "a.mcap")
    shutil.rmtree(os.path.dirname(record))
    return None


def check_alarm(campaign, what, output):
    try:
        result = json.loads(output)
    except ValueError:
        campaign.complain(f"{what}: no result: {output[-300:]}")
        return None
    alarms = [alarm for alarm in result["alarms"] if alarm["name"] == "record-failed"]
    if len(alarms) != 1 or alarms[0]["cleared_s"] is not None:
        campaign.complain(f"{what}: alarm record-failed, raised once and not cleared: {result['alarms']}")
        return None
    # Programmes start some seconds after power-on.
    asked = [at for at in BOLUSES_S if at + 30 < alarms[0]["raised_s"]]
    observed = [expectation["observed"] for expectation in result["expectations"]]
    if observed != [f"{len(asked)} granted", f"{len(BOLUSES_S) - len(asked)} denied"]:
        campaign.complain(f"{what}: alarm at {alarms[0]['raised_s']} s, and of the boluses {observed}")
    return f"alarm at {alarms[0]['raised_s']} s of {result['simulated_s']} s"


def main():
    parser = argparse.ArgumentParser(prog="crash", description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["kill", "disk"])
    parser.add_argument("--times", type=int, default=12, metavar="N", help="kills")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--duration", default="36 h", help="of the simulated session that is killed")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--unsigned", action="store_true", help="records without key")
    parser.add_argument("--trumpet", metavar="PATH", help="the program; .build/release/trumpet",
                        default=os.path.join(ROOT, ".build", "release", "trumpet"))
    options = parser.parse_args()
    if not os.path.exists(options.trumpet):
        sys.exit(f"crash: {options.trumpet}: no such program; swift build -c release --product trumpet")
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(options, folder)
        (kill if options.what == "kill" else disk)(campaign, options)
    print(f"{campaign.complaints} complaints")
    sys.exit(1 if campaign.complaints else 0)


main()
