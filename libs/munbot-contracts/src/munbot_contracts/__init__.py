"""Events and shared shapes of the Munbot platform."""
