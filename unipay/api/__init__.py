"""What every partner endpoint shares: authentication, permissions, errors, pagination."""
