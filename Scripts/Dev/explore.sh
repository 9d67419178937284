# Walks through the controller's state machine and writes Docs/StateMachine.md.
#
#   Scripts/dev explore
#
# A test says whether the page is current.
TRUMPET_CORE=1 TRUMPET_STATES=write "$swift" test --scratch-path .build-core \
  --filter StateMachineTests.page
