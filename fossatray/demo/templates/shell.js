shellControls();
