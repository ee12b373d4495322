"""The emulators of Google's services: started once per test session, on 127.0.0.1, ended with it."""
