"""The services that know: scheduler, complaints, conversations."""
