export const renderFigures = async () => [];
